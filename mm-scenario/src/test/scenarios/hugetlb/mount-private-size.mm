# private memory of a mount with a limit
echo 0 > /proc/sys/vm/hugetlb_optimize_vmemmap
echo 0 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages
echo 6 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
mount -t hugetlbfs -o size=4M none /mnt/h
f = open("/mnt/h/f", O_RDWR|O_CREAT)
ftruncate(f, 8M)
p = mmap(0x100100000000, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_FIXED_NOREPLACE, f, 0)
statfs("/mnt/h")
hugetlb(2M)
store(p, 4M, 2M, 5)
statfs("/mnt/h")
child {
  store(p)
  statfs("/mnt/h")
}
s = mmap(0x100200000000, 2M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED_NOREPLACE, f, 0)
s = mmap(0x100200000000, 2M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_NORESERVE|MAP_FIXED_NOREPLACE, f, 0)
store(s)
madvise(p, 2M, MADV_DONTNEED)
statfs("/mnt/h")
hugetlb(2M)
store(s)
load(p)
hugetlb(2M)
munmap(p, 2M)
store(s)
statfs("/mnt/h")
hugetlb(2M)
munmap(p+2M, 2M)
statfs("/mnt/h")
hugetlb(2M)
