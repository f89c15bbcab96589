# PROT_GROWSDOWN before a hole, in an area that grows and in one that does not
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x100100000000, 64K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
munmap(a, 16K)
mprotect(a, 4K, PROT_READ|0x1000000)
mprotect(a+8K, 16K, PROT_READ|0x1000000)
mprotect(a+128K, 4K, PROT_READ|0x1000000)
s = mmap(0x100100200000, 64K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED|MAP_GROWSDOWN, -1, 0)
mprotect(s-8K, 4K, PROT_READ|0x1000000)
mprotect(s-8K, 12K, PROT_READ|0x1000000)
smaps(a, 4M)
mprotect(s+32K, 4K, PROT_NONE|0x1000000)
smaps(a, 4M)
