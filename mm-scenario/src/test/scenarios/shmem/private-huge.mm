# private maps of a huge file: fork and copies
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo never > /sys/kernel/mm/transparent_hugepage/shmem_enabled
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/shmem_enabled
mount -t tmpfs -o huge=always,size=32M tmpfs /mnt/t
fd = open("/mnt/t/f", O_RDWR|O_CREAT)
ftruncate(fd, 4M)
a = mmap(0x410000000000, 4M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED_NOREPLACE, fd, 0)
store(a, 4M, 4K, 2)
b = mmap(0x420000000000, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_FIXED_NOREPLACE, fd, 0)
load(b, 4M, 1M)
smaps(b, 4M)
pagemap(b, 4M)
child {
  smaps(b, 4M)
  load(b)
  store(b+8K, 16K, 4K, 5)
  smaps(b, 4M)
  pagemap(b, 4M)
}
store(b+2M, 1, 4K, 9)
smaps(b, 4M)
pagemap(b, 4M)
madvise(b, 4M, MADV_DONTNEED)
smaps(b, 4M)
pagemap(b, 4M)
store(b)
load(b+4K)
smaps(b, 4M)
pagemap(b, 4M)
load(a+2M)
smaps(a, 4M)
pagemap(a, 4M)
vmstat()
