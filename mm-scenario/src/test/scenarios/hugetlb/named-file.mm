# a file with a name: close, reopen, truncate, unlink
echo 0 > /proc/sys/vm/hugetlb_optimize_vmemmap
echo 0 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages
echo 6 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
mount -t hugetlbfs none /mnt/h
f = open("/mnt/h/f", O_RDWR|O_CREAT)
a = mmap(0x100100000000, 4M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED_NOREPLACE, f, 0)
store(a, 4M, 2M, 5)
smaps(a, 4M)
close(f)
munmap(a, 4M)
hugetlb(2M)
g = open("/mnt/h/f", O_RDWR)
fstat(g)
b = mmap(0x100200000000, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_FIXED_NOREPLACE, g, 0)
load(b, 4M, 2M)
pagemap(b, 4M)
h = open("/mnt/h/f", O_RDWR|O_TRUNC)
fstat(h)
load(b)
hugetlb(2M)
pread(h, 0, 2M)
unlink("/mnt/h/f")
unlink("/mnt/h/f")
x = open("/mnt/h/f", O_RDWR)
x = open("/mnt/h/f", O_RDWR|O_CREAT|O_EXCL)
x = open("/mnt/h/f", O_RDWR|O_CREAT|O_EXCL)
umount /mnt/h
close(g)
close(h)
munmap(b, 4M)
close(x)
umount /mnt/h
hugetlb(2M)
