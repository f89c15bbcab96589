# a stack-like area: growth, guard gap, split and advice
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
s = mmap(0x100100100000, 64K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED|MAP_GROWSDOWN, -1, 0)
store(s-4K)
smaps(s-1M, 2M)
store(s-256K)
smaps(s-1M, 2M)
g = mmap(s-1M, 64K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED, -1, 0)
store(s-900K)
store(s-512K)
smaps(s-1M, 2M)
mprotect(s-1M+64K, 4K, PROT_READ)
madvise(s, 64K, MADV_HUGEPAGE)
store(s-516K)
smaps(s-1M, 2M)
munmap(s-64K, 64K)
store(s-4K)
smaps(s-1M, 2M)
mprotect(s+32K, 4K, PROT_READ|0x1000000)
smaps(s-1M, 2M)
child {
  store(s-520K)
  smaps(s-1M, 2M)
}
status()
