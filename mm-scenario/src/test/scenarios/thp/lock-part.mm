# locking parts and wholes of huge pages
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x210000000000, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 8M, MADV_HUGEPAGE)
store(a, 4M, 4K)
mlock(a+1M, 2M)
smaps(a, 8M)
mlock(a+4M, 1M)
smaps(a, 8M)
pagemap(a, 8M)
status()
munlock(a, 8M)
smaps(a, 8M)
mlock2(a+6M, 2M, MLOCK_ONFAULT)
load(a+6M)
smaps(a, 8M)
pagemap(a, 8M)
store(a+6M)
munmap(a+6M, 1M)
smaps(a, 8M)
pagemap(a, 8M)
status()
vmstat()
