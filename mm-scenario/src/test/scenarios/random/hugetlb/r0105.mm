# random HUGETLB scenario, seed 105
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo madvise > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo 7 > /proc/sys/vm/nr_hugepages
echo 0 > /proc/sys/vm/nr_overcommit_hugepages
f = memfd_create("h", MFD_HUGETLB)
ftruncate(f, 8M)
echo 2 > /proc/sys/vm/nr_hugepages
hugetlb(2M)
smaps(0x100100000000, 32M)
pagemap(0x100100000000, 16M)
mmap(0x100100000000+6M, 6M, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED, -1, 0)
hugetlb(2M)
smaps(0x100100000000, 32M)
pagemap(0x100100000000, 16M)
store(0x100100000000+6M, 4M, 2M, 118)
hugetlb(2M)
madvise(0x100100000000+8M, 6M, MADV_DONTNEED)
hugetlb(2M)
fallocate(f, 0, 6M, 2M)
hugetlb(2M)
smaps(0x100100000000, 32M)
pagemap(0x100100000000, 16M)
echo 6 > /proc/sys/vm/nr_hugepages
hugetlb(2M)
store(0x100100000000+6M, 8M, 2M, 62)
hugetlb(2M)
mmap(0x100100000000+2M, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED, -1, 0)
hugetlb(2M)
mmap(0x100100000000+4M, 2M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED, f, 0M)
hugetlb(2M)
smaps(0x100100000000, 32M)
pagemap(0x100100000000, 16M)
child {
  load(0x100100000000+2M, 4M, 2M)
  hugetlb(2M)
  load(0x100100000000+8M, 6M, 2M)
  hugetlb(2M)
}
hugetlb(2M)
echo 7 > /proc/sys/vm/nr_hugepages
hugetlb(2M)
meminfo()
status()
