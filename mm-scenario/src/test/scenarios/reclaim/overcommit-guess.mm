# vm.overcommit_memory 0 refuses what could never fit, 1 nothing; what is not private and writable is not counted
echo 0 > /proc/sys/vm/overcommit_memory
a = mmap(0x100100000000, 1T, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
a = mmap(0x100100000000, 1T, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_NORESERVE|MAP_FIXED_NOREPLACE, -1, 0)
b = mmap(0x200100000000, 1T, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
mprotect(b, 1T, PROT_READ|PROT_WRITE)
mprotect(b, 1G, PROT_READ|PROT_WRITE)
smaps(b, 1T)
s = mmap(0x300100000000, 1T, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
s = mmap(0x300100000000, 1T, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_ANONYMOUS|MAP_NORESERVE|MAP_FIXED_NOREPLACE, -1, 0)
c = mmap(0x400100000000, 1G, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
mremap(c, 1G, 1T, 0)
mremap(c, 1G, 1T, MREMAP_MAYMOVE)
mremap(c, 1G, 2G, 0)
i = shmget(IPC_PRIVATE, 1T, 0x380)
f = memfd_create("big", 0)
ftruncate(f, 1T)
m = mmap(0x500100000000, 1T, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED_NOREPLACE, f, 0)
p = mmap(0x600100000000, 1T, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_FIXED_NOREPLACE, f, 0)
echo 1 > /proc/sys/vm/overcommit_memory
mprotect(b, 1T, PROT_READ|PROT_WRITE)
smaps(b, 1T)
p = mmap(0x600100000000, 1T, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_FIXED_NOREPLACE, f, 0)
smaps(p, 1T)
store(p, 64K)
child {
  store(p+64K, 64K)
  smaps(p, 1T)
}
echo 0 > /proc/sys/vm/overcommit_memory
child {
  smaps(a, 1T)
}
