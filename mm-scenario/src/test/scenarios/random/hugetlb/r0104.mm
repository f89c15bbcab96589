# random HUGETLB scenario, seed 104
echo always > /sys/kernel/mm/transparent_hugepage/enabled
echo madvise > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo 5 > /proc/sys/vm/nr_hugepages
echo 1 > /proc/sys/vm/nr_overcommit_hugepages
f = memfd_create("h", MFD_HUGETLB)
ftruncate(f, 8M)
mmap(0x100100000000+2M, 6M, PROT_READ, MAP_SHARED|MAP_FIXED, f, 2M)
hugetlb(2M)
fallocate(f, FALLOC_FL_PUNCH_HOLE|FALLOC_FL_KEEP_SIZE, 0M, 2M)
hugetlb(2M)
munmap(0x100100000000+8M, 8M)
hugetlb(2M)
mmap(0x100100000000+8M, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED, -1, 0)
hugetlb(2M)
smaps(0x100100000000, 32M)
pagemap(0x100100000000, 16M)
store(0x100100000000+4M, 8M, 2M, 117)
hugetlb(2M)
echo 0 > /proc/sys/vm/nr_hugepages
hugetlb(2M)
mmap(0x100100000000+6M, 4M, PROT_NONE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED|MAP_NORESERVE, -1, 0)
hugetlb(2M)
store(0x100100000000+4M, 8M, 2M, 165)
hugetlb(2M)
smaps(0x100100000000, 32M)
pagemap(0x100100000000, 16M)
echo 4 > /proc/sys/vm/nr_hugepages
hugetlb(2M)
smaps(0x100100000000, 32M)
pagemap(0x100100000000, 16M)
mmap(0x100100000000+4M, 2M, PROT_NONE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED, -1, 0)
hugetlb(2M)
meminfo()
status()
