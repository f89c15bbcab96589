# quotas of tmpfs against huge pages: faults, writes, preallocation, remount
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo never > /sys/kernel/mm/transparent_hugepage/shmem_enabled
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/shmem_enabled
mount -t tmpfs -o huge=always,size=5M,nr_inodes=3 tmpfs /mnt/t
f = open("/mnt/t/f", O_RDWR|O_CREAT)
g = open("/mnt/t/g", O_RDWR|O_CREAT)
h = open("/mnt/t/h", O_RDWR|O_CREAT)
open("/mnt/t/f", O_RDWR|O_CREAT|O_EXCL)
open("/mnt/t/x", O_RDWR)
ftruncate(f, 16M)
a = mmap(0x100100000000, 16M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED_NOREPLACE, f, 0)
store(a, 16M, 1M)
smaps(a, 16M)
pagemap(a, 16M)
statfs("/mnt/t")
fstat(f)
pwrite(g, 0, 2M)
fstat(g)
fallocate(g, 0, 0, 1M)
fallocate(g, 0, 0, 6M)
statfs("/mnt/t")
mount -o remount,size=8M /mnt/t
store(a+8M)
statfs("/mnt/t")
mount -o remount,size=0 /mnt/t
statfs("/mnt/t")
mount -o remount,size=64M /mnt/t
mount -o remount,nr_inodes=2 /mnt/t
mount -o remount,nr_inodes=4 /mnt/t
h = open("/mnt/t/h", O_RDWR|O_CREAT)
unlink("/mnt/t/f")
unlink("/mnt/t/f")
close(f)
smaps(a, 16M)
pagemap(a, 16M)
munmap(a, 16M)
statfs("/mnt/t")
umount /mnt/t
close(g)
close(h)
umount /mnt/t
vmstat()
mthp()
