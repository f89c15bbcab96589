# protection changes on and off the 2M borders
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x210000000000, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 8M, MADV_HUGEPAGE)
store(a, 8M, 4K, 3)
mprotect(a+2M, 2M, PROT_READ)
smaps(a, 8M)
pagemap(a, 8M)
vmstat(thp_split_pmd)
store(a+2M)
mprotect(a+1M, 2M, PROT_NONE)
smaps(a, 8M)
pagemap(a, 8M)
load(a+1M)
mprotect(a, 8M, PROT_READ|PROT_WRITE)
store(a, 8M, 1M, 4)
smaps(a, 8M)
pagemap(a, 8M)
vmstat()
mthp()
