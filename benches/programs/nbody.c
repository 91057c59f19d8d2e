// Six bodies that attract each other, moved in small time steps. Kind: f64 arithmetic with square root and division,
// records in memory.
#include "guest.h"

typedef struct { f64 x, y, z, vx, vy, vz, mass; } Body;

enum { BODIES = 6 };
static Body bodies[BODIES];

static void place_bodies(void) {
    Random random = {2024};
    for (i32 i = 0; i < BODIES; i++) {
        f64 radius = (f64)i * 3.0 + (f64)random_below(&random, 1000) * 0.001;
        f64 speed = i == 0 ? 0.0 : 1.0 / __builtin_sqrt(radius);
        bodies[i] = (Body){radius, radius * 0.25, (f64)(i & 3) * 0.125, -speed * 0.25, speed, speed * 0.0625,
                           i == 0 ? 1.0 : 0.001 * (f64)(i + 1)};
    }
}

static NOINLINE void advance(f64 step) {
    for (i32 i = 0; i < BODIES; i++) {
        Body *a = &bodies[i];
        for (i32 j = i + 1; j < BODIES; j++) {
            Body *b = &bodies[j];
            f64 dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
            f64 square = dx * dx + dy * dy + dz * dz + 1e-9;
            f64 force = step / (square * __builtin_sqrt(square));
            a->vx -= dx * b->mass * force;
            a->vy -= dy * b->mass * force;
            a->vz -= dz * b->mass * force;
            b->vx += dx * a->mass * force;
            b->vy += dy * a->mass * force;
            b->vz += dz * a->mass * force;
        }
    }
    for (i32 i = 0; i < BODIES; i++) {
        Body *body = &bodies[i];
        body->x += step * body->vx;
        body->y += step * body->vy;
        body->z += step * body->vz;
    }
}

static f64 energy(void) {
    f64 total = 0;
    for (i32 i = 0; i < BODIES; i++) {
        Body *a = &bodies[i];
        total += 0.5 * a->mass * (a->vx * a->vx + a->vy * a->vy + a->vz * a->vz);
        for (i32 j = i + 1; j < BODIES; j++) {
            Body *b = &bodies[j];
            f64 dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
            total -= a->mass * b->mass / __builtin_sqrt(dx * dx + dy * dy + dz * dz);
        }
    }
    return total;
}

EXPORT i64 run(i32 steps) {
    place_bodies();
    for (i32 i = 0; i < steps; i++) advance(0.01);
    return (i64)checksum(bits_of_f64(energy()), bits_of_f64(bodies[1].x));
}
