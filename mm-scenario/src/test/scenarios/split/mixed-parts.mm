# parts of four huge pages are unmapped in four ways
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x210000000000, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 8M, MADV_HUGEPAGE)
store(a, 8M, 4K, 2)
munmap(a, 64K)
munmap(a+4M-4K, 4K)
madvise(a+4M+512K, 1M, MADV_DONTNEED)
b = mmap(a+6M+1M, 4K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED, -1, 0)
smaps(a, 8M)
pagemap(a, 8M)
vmstat()
mthp()
store(b)
store(a+4M+512K)
smaps(a, 8M)
pagemap(a, 8M)
munmap(a, 8M)
vmstat()
mthp()
status()
