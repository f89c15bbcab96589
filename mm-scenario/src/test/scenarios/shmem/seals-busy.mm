# when F_SEAL_WRITE is refused: mappings, read-only ones, pins; other kinds of files
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo never > /sys/kernel/mm/transparent_hugepage/shmem_enabled
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/shmem_enabled
mount -t tmpfs tmpfs /mnt/t
t = open("/mnt/t/f", O_RDWR|O_CREAT)
fcntl(t, F_GET_SEALS)
fcntl(t, F_ADD_SEALS, F_SEAL_GROW)
r = open("/mnt/t/f", O_RDONLY)
fcntl(r, F_GET_SEALS)
fcntl(r, F_ADD_SEALS, F_SEAL_GROW)
fcntl(99, F_GET_SEALS)
g = memfd_create("g", MFD_ALLOW_SEALING)
ftruncate(g, 64K)
a = mmap(0x100100000000, 64K, PROT_READ, MAP_SHARED|MAP_FIXED_NOREPLACE, g, 0)
fcntl(g, F_ADD_SEALS, F_SEAL_WRITE)
munmap(a, 64K)
a = mmap(0x100100000000, 64K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_FIXED_NOREPLACE, g, 0)
load(a, 64K)
b = mmap(0x100200000000, 64K, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED_NOREPLACE, g, 0)
store(b, 64K)
pin(p, b, 4K)
munmap(b, 64K)
fcntl(g, F_ADD_SEALS, F_SEAL_WRITE)
fcntl(g, F_ADD_SEALS, F_SEAL_WRITE|F_SEAL_GROW)
fcntl(g, F_GET_SEALS)
unpin(p)
fcntl(g, F_ADD_SEALS, F_SEAL_WRITE|F_SEAL_GROW)
fcntl(g, F_GET_SEALS)
smaps(a, 64K)
pagemap(a, 64K)
x = memfd_create("x", MFD_ALLOW_SEALING)
fcntl(x, F_ADD_SEALS, F_SEAL_EXEC)
fcntl(x, F_GET_SEALS)
ftruncate(x, 4K)
y = memfd_create("y", MFD_ALLOW_SEALING|MFD_EXEC)
fcntl(y, F_GET_SEALS)
fcntl(y, F_ADD_SEALS, F_SEAL_SHRINK|F_SEAL_SEAL)
ftruncate(y, 4K)
ftruncate(y, 0)
close(y)
child {
  fcntl(x, F_GET_SEALS)
  fcntl(g, F_ADD_SEALS, F_SEAL_SHRINK)
}
ftruncate(g, 0)
fcntl(g, F_GET_SEALS)
