// A picture of spheres over a floor by ray marching: each ray advances by its distance to the nearest surface.
// Kind: f32 arithmetic with square root, floor, absolute value, minimum; records passed by value.
#include "guest.h"

typedef struct { f32 x, y, z; } Vector;

static inline Vector along(Vector from, Vector by, f32 distance) {
    return (Vector){from.x + by.x * distance, from.y + by.y * distance, from.z + by.z * distance};
}
static inline f32 dot(Vector a, Vector b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
static inline Vector unit(Vector v) {
    f32 scale = 1.0f / __builtin_sqrtf(dot(v, v));
    return (Vector){v.x * scale, v.y * scale, v.z * scale};
}
static inline f32 lesser(f32 a, f32 b) { return a < b ? a : b; }

// The distance to a sphere in every cell of a grid of four units, and to the floor at y = -1.
static NOINLINE f32 distance_to_scene(Vector p) {
    f32 floor = p.y + 1.0f;
    p.x -= __builtin_floorf(p.x * 0.25f) * 4.0f + 2.0f;
    p.z -= __builtin_floorf(p.z * 0.25f) * 4.0f + 2.0f;
    f32 sphere = __builtin_sqrtf(dot(p, p)) - 1.0f;
    f32 post = __builtin_fabsf(p.x) + __builtin_fabsf(p.z) - 0.2f;
    return lesser(lesser(sphere, post * 0.7f), floor);
}

static Vector normal_at(Vector p) {
    const f32 e = 0.01f;
    f32 here = distance_to_scene(p);
    return unit((Vector){distance_to_scene((Vector){p.x + e, p.y, p.z}) - here,
                         distance_to_scene((Vector){p.x, p.y + e, p.z}) - here,
                         distance_to_scene((Vector){p.x, p.y, p.z + e}) - here});
}

// How bright the surface is that the ray meets, from 0 to 255.
static i32 brightness(Vector from, Vector direction) {
    const Vector light = {0.48f, 0.8f, -0.36f};
    f32 travelled = 0;
    for (i32 step = 0; step < 48 && travelled < 30.0f; step++) {
        Vector place = along(from, direction, travelled);
        f32 distance = distance_to_scene(place);
        if (distance < 0.005f) {
            f32 lit = dot(normal_at(place), light);
            return (i32)(lit > 0.0f ? 40.0f + 200.0f * lesser(lit, 1.0f) : 40.0f);
        }
        travelled += distance;
    }
    return 0;
}

EXPORT i64 run(i32 side) {
    u64 sum = CHECKSUM_START;
    for (i32 row = 0; row < side; row++)
        for (i32 column = 0; column < side; column++) {
            Vector direction = {(f32)column / (f32)side - 0.5f, 0.4f - (f32)row / (f32)side, 1.0f};
            sum = checksum(sum, (u32)brightness((Vector){0.0f, 0.8f, -3.0f}, unit(direction)));
        }
    return (i64)sum;
}
