// SPDX-License-Identifier: Apache-2.0
// The only program of a guest: makes mappings of every kind, prints what it has mapped, and spins in user mode, so that the
// emulator can be stopped with this program's page tables in use. See docs/guests.md.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <unistd.h>

static long page;

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		printf("note: %s: %s\n", path, strerror(errno));
	if (fd >= 0)
		close(fd);
}

static char *map(void *at, size_t length, int prot, int flags, int fd)
{
	char *p = mmap(at, length, prot, flags, fd, 0);
	if (p == MAP_FAILED) {
		printf("note: mmap of %zu bytes: %s\n", length, strerror(errno));
		return NULL;
	}
	return p;
}

static void touch(char *p, size_t length, size_t step, int write)
{
	volatile char *q = p;
	for (size_t i = 0; p && i < length; i += step) {
		if (write)
			q[i] = (char)(i >> 12 | 1);
		else
			(void)q[i];
	}
}

static void huge_pools(void)
{
	DIR *d = opendir("/sys/kernel/mm/hugepages");
	struct dirent *e;
	while (d && (e = readdir(d))) {
		unsigned long kb;
		if (sscanf(e->d_name, "hugepages-%lukB", &kb) != 1 || kb > 64 << 10)
			continue;
		char path[300];
		snprintf(path, sizeof path, "/sys/kernel/mm/hugepages/%s/nr_hugepages", e->d_name);
		put(path, "2");
		size_t bytes = kb << 10;
		int shift = __builtin_ctzl(bytes);
		char *p = map(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | shift << 26, -1);
		char *q = map(NULL, bytes, PROT_READ, MAP_SHARED | MAP_ANONYMOUS | MAP_HUGETLB | shift << 26, -1);
		touch(p, bytes, bytes, 1);
		touch(q, bytes, bytes, 0);
		printf("huge %lu kB at %p and %p\n", kb, (void *)p, (void *)q);
	}
	if (d)
		closedir(d);
}

// A swap area on a RAM disk, where the kernel has one built in.
static void swap_some(void)
{
	int fd = open("/dev/ram0", O_RDWR);
	if (fd < 0)
		return;
	char *header = calloc(1, page);
	uint32_t *info = (uint32_t *)(header + 1024);
	info[0] = 1;
	info[1] = (uint32_t)((16 << 20) / page - 1);
	memcpy(header + page - 10, "SWAPSPACE2", 10);
	if (pwrite(fd, header, page, 0) != page || fsync(fd))
		printf("note: /dev/ram0: %s\n", strerror(errno));
	close(fd);
	if (swapon("/dev/ram0", 0)) {
		printf("note: swapon: %s\n", strerror(errno));
		return;
	}
	char *p = map(NULL, 64 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	touch(p, 64 * page, page, 1);
	if (p && madvise(p, 48 * page, 21 /* MADV_PAGEOUT */))
		printf("note: MADV_PAGEOUT: %s\n", strerror(errno));
	printf("swap at %p\n", (void *)p);
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	page = sysconf(_SC_PAGESIZE);
	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	mkdir("/dev", 0755);
	mount("proc", "/proc", "proc", 0, "");
	mount("sysfs", "/sys", "sysfs", 0, "");
	mount("devtmpfs", "/dev", "devtmpfs", 0, "");
	printf("page size %ld\n", page);
	put("/sys/kernel/mm/transparent_hugepage/enabled", "always");
	huge_pools();
	put("/sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled", "always");
	put("/sys/kernel/mm/transparent_hugepage/hugepages-256kB/enabled", "always");

	const int rw = PROT_READ | PROT_WRITE, anon = MAP_PRIVATE | MAP_ANONYMOUS;
	char *thp = map(NULL, 12 << 20, rw, anon, -1);
	touch(thp, 12 << 20, page, 1);
	char *part = map(NULL, 8 << 20, rw, anon, -1);
	touch(part, 8 << 20, page, 1);
	if (part) {
		munmap(part + (3 << 20), 64 << 10);
		mprotect(part, 128 << 10, PROT_READ);
		mprotect(part + (128 << 10), 128 << 10, PROT_NONE);
		mprotect(part + (256 << 10), 128 << 10, PROT_READ | PROT_EXEC);
		mprotect(part + (384 << 10), 64 << 10, PROT_EXEC);
	}
	char *zero = map(NULL, 4 << 20, PROT_READ, anon, -1);
	touch(zero, 4 << 20, page, 0);
	char *sparse = map(NULL, 1UL << 33, rw, anon | MAP_NORESERVE, -1);
	if (sparse) {
		madvise(sparse, 1UL << 33, MADV_NOHUGEPAGE);
		touch(sparse, 1UL << 33, 37UL << 20 | 1 << 16, 1);
	}
	int fd = syscall(SYS_memfd_create, "shared", 0);
	if (fd >= 0 && ftruncate(fd, 4 << 20) == 0) {
		char *shared = map(NULL, 4 << 20, rw, MAP_SHARED, fd);
		touch(shared, 4 << 20, 2 * page, 1);
		char *again = map(NULL, 4 << 20, PROT_READ, MAP_SHARED, fd);
		touch(again, 4 << 20, 3 * page, 0);
	}
	// Addresses above the default window: the fifth level, or the upper bits of 52.
	for (int bit = 47; bit < 57; bit++) {
		char *high = mmap((void *)(1UL << bit), 1 << 20, rw, anon, -1, 0);
		if (high != MAP_FAILED) {
			touch(high, 1 << 20, page, 1);
			if ((unsigned long)high >> 47)
				printf("high mapping at %p\n", (void *)high);
		}
	}
	swap_some();
	pid_t child = fork();
	if (child == 0)
		for (;;)
			pause();
	// Writes after the fork copy some pages, the rest stay shared and read-only.
	touch(thp, 1 << 20, 4 * page, 1);

	FILE *f = fopen("/proc/self/maps", "r");
	char line[512];
	while (f && fgets(line, sizeof line, f))
		printf("map %s", line);
	printf("READY\n");
	for (volatile unsigned long n = 0;; n++)
		;
}
