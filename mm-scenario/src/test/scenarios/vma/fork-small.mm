# copy on write by 4K pages, in the child and in the parent
echo never > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x120000000000, 256K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
store(a, 128K, 4K, 3)
child {
  smaps(a, 256K)
  store(a, 16K, 4K, 4)
  store(a+128K)
  smaps(a, 256K)
  parent {
    smaps(a, 256K)
    store(a+8K, 16K, 4K, 5)
    smaps(a, 256K)
    load(a, 128K)
  }
  load(a, 128K)
  smaps(a, 256K)
  child {
    smaps(a, 256K)
    store(a, 256K, 8K, 6)
    smaps(a, 256K)
  }
  smaps(a, 256K)
}
smaps(a, 256K)
store(a, 128K, 4K, 7)
smaps(a, 256K)
