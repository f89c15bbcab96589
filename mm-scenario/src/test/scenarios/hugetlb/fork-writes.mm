# child and parent write to private pages, with a few to spare
echo 0 > /proc/sys/vm/hugetlb_optimize_vmemmap
echo 0 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages
echo 5 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
a = mmap(0x310000000000, 6M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED_NOREPLACE, -1, 0)
store(a, 6M, 1M, 4)
hugetlb(2M)
child {
  store(a, 1, 4K, 5)
  hugetlb(2M)
  store(a+2M, 1, 4K, 5)
  hugetlb(2M)
  store(a+4M, 1, 4K, 5)
  load(a, 6M, 1M)
  smaps(a, 6M)
  parent {
    store(a, 1, 4K, 6)
    store(a+4M, 1, 4K, 6)
    hugetlb(2M)
    smaps(a, 6M)
    pagemap(a, 6M)
  }
  load(a, 4M, 1M)
  load(a+4M)
  pagemap(a, 6M)
  smaps(a, 6M)
  hugetlb(2M)
}
hugetlb(2M)
load(a, 6M, 1M)
smaps(a, 6M)
