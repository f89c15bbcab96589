# surplus pages at the fault
echo 0 > /proc/sys/vm/hugetlb_optimize_vmemmap
echo 2 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages
echo 0 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
a = mmap(0x310000000000, 6M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED_NOREPLACE|MAP_NORESERVE, -1, 0)
hugetlb(2M)
store(a)
hugetlb(2M)
load(a+2M)
hugetlb(2M)
store(a+4M)
hugetlb(2M)
madvise(a, 2M, MADV_DONTNEED)
hugetlb(2M)
store(a+4M)
hugetlb(2M)
echo 1 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
hugetlb(2M)
munmap(a, 6M)
hugetlb(2M)
vmstat()
