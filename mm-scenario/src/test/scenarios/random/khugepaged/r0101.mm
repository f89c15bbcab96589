# random KHUGEPAGED scenario, seed 101
echo always > /sys/kernel/mm/transparent_hugepage/enabled
echo madvise > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo 511 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none
echo 511 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_shared
a = mmap(0x100100000000, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 8M, MADV_HUGEPAGE)
madvise(a+3464K, 4K, MADV_GUARD_REMOVE)
smaps(a, 32M)
pagemap(a, 8M)
mthp()
madvise(a+1728K, 64K, MADV_HUGEPAGE)
smaps(a, 32M)
pagemap(a, 8M)
mthp()
munmap(a+1600K, 192K)
mprotect(a, 8M, PROT_NONE)
madvise(a+2M, 732K, MADV_DONTNEED)
mprotect(a+4408K, 4K, PROT_READ)
load(a+2152K, 4096K, 4K)
smaps(a, 32M)
pagemap(a, 8M)
vmstat()
status()
vmstat()
