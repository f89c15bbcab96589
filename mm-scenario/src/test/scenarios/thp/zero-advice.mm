# advice and protection on memory that holds the huge zero page
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x210000000000, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 8M, MADV_HUGEPAGE)
load(a, 8M, 2M)
madvise(a, 2M, MADV_FREE)
madvise(a+2M, 64K, MADV_FREE)
madvise(a+4M, 2M, MADV_NOHUGEPAGE)
store(a+4M+4K)
smaps(a, 8M)
pagemap(a, 8M)
mprotect(a+6M, 2M, PROT_NONE)
load(a+6M)
mprotect(a+6M, 2M, PROT_READ|PROT_WRITE)
load(a+6M)
store(a+6M)
smaps(a, 8M)
pagemap(a, 8M)
vmstat()
