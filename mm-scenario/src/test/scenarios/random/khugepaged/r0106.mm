# random KHUGEPAGED scenario, seed 106
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo madvise > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo 0 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none
echo 256 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_shared
a = mmap(0x100100000000, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 8M, MADV_HUGEPAGE)
load(a+4M, 4K, 2M)
mmap(a+2484K, 4096K, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED|MAP_POPULATE, -1, 0)
munmap(a, 8M)
madvise(a+936K, 8K, MADV_DONTNEED)
store(a, 956K, 4K, 91)
khugepaged(1)
smaps(a, 32M)
pagemap(a, 8M)
pagemap(a+16M, 8M)
vmstat()
status()
munmap(a+988K, 1956K)
smaps(a, 32M)
pagemap(a, 8M)
mthp()
madvise(a+6944K, 128K, MADV_DONTNEED)
mprotect(a+2M, 1372K, PROT_READ|PROT_WRITE)
madvise(a+2500K, 4K, MADV_POPULATE_WRITE)
mmap(a+5252K, 12K, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED, -1, 0)
madvise(a+6976K, 4K, MADV_DONTNEED)
smaps(a, 32M)
pagemap(a, 8M)
pagemap(a+16M, 8M)
mthp()
vmstat()
