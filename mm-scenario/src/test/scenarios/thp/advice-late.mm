# advice given after the first touch counts from then on
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x210000000000, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
store(a+1M)
store(a+2M)
madvise(a+4M, 4M, MADV_HUGEPAGE)
store(a+4M)
madvise(a, 4M, MADV_HUGEPAGE)
store(a+4K)
store(a+2M+1M)
smaps(a, 8M)
pagemap(a, 8M)
madvise(a+6M, 2M, MADV_NOHUGEPAGE)
store(a+6M)
madvise(a+2M, 2M, MADV_DONTNEED)
store(a+2M)
smaps(a, 8M)
pagemap(a, 8M)
vmstat()
