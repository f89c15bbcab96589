# gaps filled by mappings of the same and of other kinds
echo never > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x510000000000, 64K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
c = mmap(0x510000000000+128K, 64K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
store(c)
b = mmap(0x510000000000+64K, 64K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
smaps(a, 256K)
munmap(b, 64K)
store(a)
b = mmap(0x510000000000+64K, 64K, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
smaps(a, 256K)
mprotect(b, 64K, PROT_READ|PROT_WRITE)
smaps(a, 256K)
store(b)
mprotect(a, 192K, PROT_READ)
smaps(a, 256K)
mprotect(a, 192K, PROT_READ|PROT_WRITE)
smaps(a, 256K)
child {
  e = mmap(0x510000000000+192K, 64K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
  smaps(a, 256K)
  store(e)
  smaps(a, 256K)
  mprotect(a, 96K, PROT_READ)
  mprotect(a, 96K, PROT_READ|PROT_WRITE)
  smaps(a, 256K)
}
e = mmap(0x510000000000+192K, 64K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
store(e)
smaps(a, 256K)
