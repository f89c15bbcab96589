# copy-on-write through three generations
echo 0 > /proc/sys/vm/hugetlb_optimize_vmemmap
echo 0 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages
echo 8 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
a = mmap(0x100100000000, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED_NOREPLACE, -1, 0)
store(a, 4M, 2M, 5)
child {
  child {
    store(a, 1, 4K, 6)
    hugetlb(2M)
    smaps(a, 4M)
    pagemap(a, 4M)
  }
  hugetlb(2M)
  store(a, 4M, 2M, 7)
  smaps(a, 4M)
  hugetlb(2M)
  child {
    load(a, 4M, 2M)
    smaps(a, 4M)
  }
}
hugetlb(2M)
load(a, 4M, 2M)
