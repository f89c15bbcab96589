# a child that splits and joins areas does nothing to its parent
echo never > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x120000000000, 1M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
store(a, 1M, 64K)
child {
  munmap(a+256K, 256K)
  mprotect(a, 64K, PROT_READ)
  smaps(a, 1M)
  b = mmap(a+256K, 256K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
  store(b)
  smaps(a, 1M)
  mprotect(a, 64K, PROT_READ|PROT_WRITE)
  smaps(a, 1M)
}
smaps(a, 1M)
