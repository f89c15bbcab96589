# an empty pool: children and grandchildren lose what the owner writes
echo 0 > /proc/sys/vm/hugetlb_optimize_vmemmap
echo 0 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages
echo 3 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
a = mmap(0x100100000000, 6M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED_NOREPLACE, -1, 0)
store(a, 6M, 2M, 5)
child {
  child {
    parent {
      parent {
        store(a, 1, 4K, 8)
        hugetlb(2M)
      }
      load(a)
      load(a+2M)
      store(a+4M, 1, 4K, 3)
    }
    load(a+2M)
    load(a)
    smaps(a, 6M)
    pagemap(a, 6M)
  }
  madvise(a, 6M, MADV_DONTNEED)
  load(a+2M)
  hugetlb(2M)
}
store(a+2M, 4M, 2M, 9)
hugetlb(2M)
load(a, 6M, 2M)
