/* Executes SQL from standard input on the database that the first argument names; rows go to standard output. */
#include "sqlite3.h"
#include <stdio.h>
#include <stdlib.h>

static int row(void *unused, int columns, char **values, char **names) {
    (void)unused, (void)names;
    for (int i = 0; i < columns; i++) printf("%s%s", i ? "|" : "", values[i] ? values[i] : "NULL");
    putchar('\n');
    return 0;
}

/* WASI has no modes of files to set; SQLite calls what its library lacks. */
static int leave_mode(int file, unsigned mode) {
    (void)file, (void)mode;
    return 0;
}

int main(int argc, char **argv) {
    static char sql[1 << 20];
    char *message = NULL;
    sqlite3 *database;
    if (argc < 2) return 2;
    sqlite3_vfs *system = sqlite3_vfs_find(NULL);
    system->xSetSystemCall(system, "fchmod", (sqlite3_syscall_ptr)leave_mode);
    sql[fread(sql, 1, sizeof sql - 1, stdin)] = 0;
    if (sqlite3_open(argv[1], &database) || sqlite3_exec(database, sql, row, NULL, &message)) {
        fprintf(stderr, "error: %s\n", message ? message : sqlite3_errmsg(database));
        return 1;
    }
    sqlite3_close(database);
    return 0;
}
