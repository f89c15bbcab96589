# random SHMEM scenario, seed 23
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo madvise > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo advise > /sys/kernel/mm/transparent_hugepage/shmem_enabled
a = mmap(0x100100000000, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
f = memfd_create("m", 0)
ftruncate(f, 8M)
madvise(a, 8M, MADV_HUGEPAGE)
mprotect(a+4032K, 4096K, PROT_NONE)
madvise(a+4M, 4096K, MADV_SEQUENTIAL)
smaps(a, 32M)
pagemap(a, 8M)
vmstat()
madvise(a+2496K, 384K, MADV_SEQUENTIAL)
mprotect(a+2892K, 1332K, PROT_NONE)
munmap(a+2736K, 4096K)
mmap(a+256K, 2048K, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED, f, 2M)
madvise(a+2496K, 2048K, MADV_DONTNEED)
store(a+5312K, 4K, 4K, 17)
smaps(a, 32M)
pagemap(a, 8M)
mthp()
munlock(a+4736K, 3456K)
smaps(a, 32M)
pagemap(a, 8M)
pagemap(a+16M, 8M)
vmstat()
vmstat()
