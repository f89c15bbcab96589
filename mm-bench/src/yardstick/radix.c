// SPDX-License-Identifier: Apache-2.0
/*
 * A plain C page table to measure ours against: four levels of 512 entries with x86-64 bits in one arena, a walk from the root
 * in each call, nothing remembered. Prints nanoseconds of CPU time per page, the best of nine rounds.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

enum { PAGES = 1 << 20, ROUNDS = 9 };

static const uint64_t P = 1, RW = 2, US = 4, A = 32, D = 64, PS = 128, XD = 1ull << 63;
static const uint64_t FRAME = 0x000ffffffffff000ull;
static const uint64_t BASE = 0x7f0000000000ull;

static uint64_t *arena;
static uint64_t used;

static uint64_t new_table(void)
{
	return used++;
}

static uint64_t *table_of(uint64_t entry)
{
	return arena + ((entry & FRAME) >> 12) * 512;
}

static __attribute__((noinline)) uint64_t *obtain(uint64_t va)
{
	uint64_t *table = arena;

	for (int shift = 39; shift > 12; shift -= 9) {
		uint64_t *e = table + (va >> shift & 511);

		if (!(*e & P))
			*e = new_table() << 12 | P | RW | US | A | D;
		else if (*e & PS)
			return NULL;
		table = table_of(*e);
	}
	return table + (va >> 12 & 511);
}

static __attribute__((noinline)) uint64_t *find(uint64_t va)
{
	uint64_t *table = arena;

	for (int shift = 39; shift > 12; shift -= 9) {
		uint64_t e = table[va >> shift & 511];

		if ((e & (P | PS)) != P)
			return NULL;
		table = table_of(e);
	}
	return table + (va >> 12 & 511);
}

static uint64_t translate(uint64_t va)
{
	uint64_t *slot = find(va);

	return slot && (*slot & P) ? (*slot & FRAME) | (va & 4095) : ~0ull;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static uint32_t order[PAGES];
static volatile uint64_t sink;

static void translate_sequential(void)
{
	uint64_t sum = 0;

	for (uint64_t i = 0; i < PAGES; i++)
		sum += translate(BASE + (i << 12));
	sink = sum;
}

static void translate_random(void)
{
	uint64_t sum = 0;

	for (uint64_t i = 0; i < PAGES; i++)
		sum += translate(BASE + ((uint64_t)order[i] << 12));
	sink = sum;
}

static void map_sequential(void)
{
	for (uint64_t i = 0; i < PAGES; i++)
		*obtain(BASE + (i << 12)) = i << 12 | P | US | A | XD;
	for (uint64_t i = 0; i < PAGES; i++)
		*find(BASE + (i << 12)) = 0;
}

static void map_random(void)
{
	for (uint64_t i = 0; i < PAGES; i++)
		*obtain(BASE + ((uint64_t)order[i] << 12)) = i << 12 | P | US | A | XD;
	for (uint64_t i = 0; i < PAGES; i++)
		*find(BASE + ((uint64_t)order[i] << 12)) = 0;
}

static void protect_range(void)
{
	for (uint64_t i = 0; i < PAGES; i += 512) {
		uint64_t *slot = find(BASE + (i << 12));

		for (int k = 0; k < 512; k++)
			slot[k] &= ~RW;
		__asm__ volatile("" ::: "memory");
		for (int k = 0; k < 512; k++)
			slot[k] |= RW;
	}
}

static void measure(const char *name, void (*run)(void), double pages)
{
	double best = 1e18;

	for (int r = 0; r < ROUNDS; r++) {
		double t = now();

		run();
		t = now() - t;
		best = t < best ? t : best;
	}
	printf("%-24s %6.2f ns\n", name, best / pages);
}

int main(void)
{
	size_t bytes = (size_t)4096 * 4096;

	arena = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (arena == MAP_FAILED)
		return 1;
	madvise(arena, bytes, MADV_HUGEPAGE);
	new_table();
	uint64_t seed = 1;
	for (uint32_t i = 0; i < PAGES; i++) {
		seed = seed * 6364136223846793005ull + 1442695040888963407ull;
		uint32_t k = (seed >> 33) % (i + 1);

		order[i] = order[k];
		order[k] = i;
	}
	measure("map + unmap sequential", map_sequential, 2.0 * PAGES);
	measure("map + unmap random", map_random, 2.0 * PAGES);
	for (uint64_t i = 0; i < PAGES; i++)
		*obtain(BASE + (i << 12)) = i << 12 | P | RW | US | A | XD;
	measure("translate sequential", translate_sequential, PAGES);
	measure("translate random", translate_random, PAGES);
	measure("protect range", protect_range, 2.0 * PAGES);
	return 0;
}
