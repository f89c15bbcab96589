# random KHUGEPAGED scenario, seed 100
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo madvise > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 0 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo 63 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none
echo 0 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_shared
a = mmap(0x100100000000, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 8M, MADV_HUGEPAGE)
load(a+4M, 8K, 4K)
madvise(a+5912K, 12K, MADV_POPULATE_READ)
smaps(a, 32M)
pagemap(a, 8M)
pagemap(a+16M, 8M)
mthp()
madvise(a+5688K, 8K, MADV_HUGEPAGE)
smaps(a, 32M)
pagemap(a, 8M)
vmstat()
munmap(a+2240K, 2048K)
mprotect(a+4924K, 3268K, PROT_NONE)
store(a, 2048K, 4K, 84)
smaps(a, 32M)
pagemap(a, 8M)
mthp()
status()
vmstat()
