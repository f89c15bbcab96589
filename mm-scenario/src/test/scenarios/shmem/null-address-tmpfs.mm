# addresses for files of a tmpfs by its huge= option
echo always > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo never > /sys/kernel/mm/transparent_hugepage/shmem_enabled
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/shmem_enabled
mount -t tmpfs -o huge=always tmpfs /mnt/t
mount -t tmpfs -o huge=never tmpfs /mnt/u
mount -t tmpfs -o huge=advise tmpfs /mnt/v
fd = open("/mnt/t/f", O_RDWR|O_CREAT)
gd = open("/mnt/u/f", O_RDWR|O_CREAT)
hd = open("/mnt/v/f", O_RDWR|O_CREAT)
ftruncate(fd, 8M)
ftruncate(gd, 8M)
ftruncate(hd, 8M)
a = mmap(0, 4M, PROT_READ|PROT_WRITE, MAP_SHARED, fd, 0)
aligned(a, 2M)
aligned(a, 64K)
b = mmap(0, 4M, PROT_READ|PROT_WRITE, MAP_SHARED, gd, 0)
aligned(b, 2M)
aligned(b, 64K)
c = mmap(0, 4M, PROT_READ|PROT_WRITE, MAP_SHARED, hd, 0)
aligned(c, 2M)
aligned(c, 64K)
d = mmap(0, 4M, PROT_READ|PROT_WRITE, MAP_SHARED, fd, 64K)
aligned(d, 2M)
aligned(d, 64K)
fstat(hd)
fstat(fd)
fstat(gd)
fstat(hd)
