/* Uses every door to HugeTLB pages: MAP_HUGETLB private, shared and without reservation, memfd, System V, a file; then forks. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB (1L << 20)
#define ANON_HUGE (MAP_ANONYMOUS | MAP_HUGETLB)

static char *map(long bytes, int flags, int fd)
{
    char *at = mmap(0, bytes, PROT_READ | PROT_WRITE, flags, fd, 0);
    if (at == MAP_FAILED) {
        perror("mmap");
        _exit(1);
    }
    return at;
}

int main(int argc, char **argv)
{
    volatile char sum = 0;
    char *table = map(16 * MIB, MAP_PRIVATE | ANON_HUGE, -1);
    for (long i = 0; i < 16 * MIB; i += 4096)
        table[i] = 1;
    char *shared = map(5 * MIB, MAP_SHARED | ANON_HUGE | 21 << 26, -1); /* rounded up to three pages */
    for (long i = 0; i < 6 * MIB; i += MIB)
        sum += shared[i];
    for (long i = 0; i < 6 * MIB; i += MIB)
        shared[i] = 1;
    char *loose = map(8 * MIB, MAP_PRIVATE | ANON_HUGE | MAP_NORESERVE, -1);
    for (long i = 0; i < 4 * MIB; i += 4096)
        sum += loose[i];

    int memory = memfd_create("table", MFD_HUGETLB);
    if (memory < 0 || ftruncate(memory, 4 * MIB))
        return 1;
    char *of_memory = map(4 * MIB, MAP_SHARED, memory);
    of_memory[0] = of_memory[3 * MIB] = 1;
    int id = shmget(IPC_PRIVATE, 4 * MIB, SHM_HUGETLB | 0600);
    char *segment = shmat(id, 0, 0);
    segment[0] = segment[2 * MIB] = 1;
    shmctl(id, IPC_RMID, 0);
    int file = open(argv[1], O_CREAT | O_RDWR, 0600);
    char *of_file = map(4 * MIB, MAP_PRIVATE, file);
    sum += of_file[0];
    of_file[0] = of_file[2 * MIB] = 1;

    if (!fork()) {
        table[0] = table[2 * MIB] = 2; /* two copies */
        shared[0] = 2;
        sum += table[9 * MIB];
        _exit(0);
    }
    int status = 0;
    wait(&status);
    for (long i = 0; i < 16 * MIB; i += MIB)
        table[i] = 1;
    munmap(loose, 8 * MIB);
    mprotect(table, 4 * MIB, PROT_READ);
    sum += table[0];
    mprotect(table, 4 * MIB, PROT_READ | PROT_WRITE);
    table[0] = 1;
    unlink(argv[1]);
    return status != 0;
}
