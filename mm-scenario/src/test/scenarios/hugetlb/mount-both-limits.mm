# size= and min_size= together
echo 0 > /proc/sys/vm/hugetlb_optimize_vmemmap
echo 0 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages
echo 8 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
mount -t hugetlbfs -o size=8M,min_size=4M none /mnt/h
hugetlb(2M)
statfs("/mnt/h")
fd = open("/mnt/h/f", O_RDWR|O_CREAT)
fallocate(fd, 0, 0, 2M)
hugetlb(2M)
statfs("/mnt/h")
a = mmap(0x310000000000, 6M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED_NOREPLACE, fd, 0)
hugetlb(2M)
statfs("/mnt/h")
store(a, 6M, 2M)
hugetlb(2M)
ftruncate(fd, 2M)
hugetlb(2M)
statfs("/mnt/h")
munmap(a, 6M)
fallocate(fd, FALLOC_FL_PUNCH_HOLE|FALLOC_FL_KEEP_SIZE, 0, 2M)
hugetlb(2M)
statfs("/mnt/h")
close(fd)
unlink("/mnt/h/f")
hugetlb(2M)
umount /mnt/h
hugetlb(2M)
