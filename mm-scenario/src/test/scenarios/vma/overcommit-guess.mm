# Memory promised under overcommit_memory 0 and 1.
a = mmap(0x200000000000, 60G, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
b = mmap(0x210000000000, 60G, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE|MAP_NORESERVE, -1, 0)
c = mmap(0x220000000000, 60G, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
mprotect(c, 60G, PROT_READ|PROT_WRITE)
mprotect(c, 4K, PROT_READ|PROT_WRITE)
smaps(c, 60G)
echo 1 > /proc/sys/vm/overcommit_memory
d = mmap(0x230000000000, 60G, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
e = mmap(0x240000000000, 1T, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
mprotect(c, 60G, PROT_READ|PROT_WRITE)
smaps(d)
smaps(b)
mremap(d, 60G, 120G, 0, 0)
echo 0 > /proc/sys/vm/overcommit_memory
mremap(d, 120G, 240G, 0, 0)
store(d)
child {
  store(d+4K)
  smaps(d)
}
munmap(d, 240G)
status()
