# mremap that grows or shrinks where it is, and what then merges
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x110000000000, 1M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
b = mmap(0x110000000000+3M, 1M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
store(a, 1M, 64K)
store(b)
mremap(a, 1M, 2M, 0, 0)
smaps(a, 8M)
mremap(a, 2M, 3M, 0, 0)
smaps(a, 8M)
mremap(a, 3M, 4M, 0, 0)
mremap(a, 3M, 512K, 0, 0)
smaps(a, 8M)
pagemap(a, 8M)
mremap(b, 1M, 5M, 0, 0)
smaps(a, 8M)
store(b+4M)
smaps(a, 8M)
pagemap(a, 8M)
status()
