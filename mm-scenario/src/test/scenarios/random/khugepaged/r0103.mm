# random KHUGEPAGED scenario, seed 103
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo madvise > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 0 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo 511 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none
echo 32 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_shared
a = mmap(0x100100000000, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 8M, MADV_HUGEPAGE)
munlock(a+6452K, 1740K)
madvise(a+248K, 4096K, MADV_COLLAPSE)
mprotect(a+4192K, 448K, PROT_NONE)
khugepaged(1)
munmap(a+4M, 192K)
smaps(a, 32M)
pagemap(a, 8M)
mthp()
munmap(a+5276K, 4K)
munlock(a+4032K, 4096K)
khugepaged(1)
madvise(a+5348K, 2048K, MADV_POPULATE_WRITE)
smaps(a, 32M)
pagemap(a, 8M)
vmstat()
vmstat()
