# random KHUGEPAGED scenario, seed 104
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo madvise > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo 63 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none
echo 256 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_shared
a = mmap(0x100100000000, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
mremap(a+1872K, 12K, 12K, MREMAP_MAYMOVE|MREMAP_FIXED|MREMAP_DONTUNMAP, a+16M+2048K)
mremap(a+16M+2048K, 12K, 12K, MREMAP_MAYMOVE|MREMAP_FIXED, a+1872K)
mprotect(a+2836K, 2168K, PROT_READ|PROT_WRITE)
smaps(a, 32M)
pagemap(a, 8M)
mthp()
munlock(a+2032K, 4096K)
mlock(a+5580K, 128K)
mprotect(a+2276K, 4096K, PROT_READ|PROT_WRITE)
mremap(a+5992K, 384K, 384K, MREMAP_MAYMOVE|MREMAP_FIXED|MREMAP_DONTUNMAP, a+16M+0K)
mremap(a+16M+0K, 384K, 384K, MREMAP_MAYMOVE|MREMAP_FIXED, a+7524K)
mprotect(a+6464K, 1728K, PROT_READ|PROT_WRITE)
smaps(a, 32M)
pagemap(a, 8M)
mthp()
store(a+536K, 4096K, 2M, 54)
mprotect(a+3392K, 2048K, PROT_READ)
smaps(a, 32M)
pagemap(a, 8M)
vmstat()
khugepaged(1)
smaps(a, 32M)
pagemap(a, 8M)
vmstat()
vmstat()
