# random SHMEM scenario, seed 3
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo madvise > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo never > /sys/kernel/mm/transparent_hugepage/shmem_enabled
a = mmap(0x100100000000, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
f = memfd_create("m", 0)
ftruncate(f, 8M)
madvise(a, 8M, MADV_HUGEPAGE)
store(a+6300K, 512K, 64K, 35)
child {
  load(a+2320K, 512K, 64K)
  smaps(a, 32M)
  pagemap(a, 8M)
  vmstat()
  parent {
    store(a+3580K, 1208K, 4K, 16)
    smaps(a, 32M)
    pagemap(a, 8M)
    vmstat()
  }
  store(a+5388K, 12K, 4K, 13)
  smaps(a, 32M)
  pagemap(a, 8M)
  vmstat()
}
smaps(a, 32M)
pagemap(a, 8M)
vmstat()
status()
madvise(a+5740K, 192K, MADV_POPULATE_WRITE)
smaps(a, 32M)
pagemap(a, 8M)
pagemap(a+16M, 8M)
mthp()
child {
  mprotect(a+1472K, 512K, PROT_NONE)
  smaps(a, 32M)
  pagemap(a, 8M)
  mthp()
  parent {
    store(a+512K, 12K, 64K, 47)
    smaps(a, 32M)
    pagemap(a, 8M)
    vmstat()
  }
}
mmap(a+2616K, 12K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED, -1, 0)
madvise(a+4M, 2048K, MADV_GUARD_REMOVE)
child {
  mremap(a+872K, 2048K, 2048K, MREMAP_MAYMOVE|MREMAP_FIXED, a+16M+3072K)
  mremap(a+16M+3072K, 2048K, 2048K, MREMAP_MAYMOVE|MREMAP_FIXED, a+872K)
  smaps(a, 32M)
  pagemap(a, 8M)
  mthp()
  munmap(a+8128K, 64K)
  smaps(a, 32M)
  pagemap(a, 8M)
  mthp()
  mprotect(a, 8M, PROT_READ)
  smaps(a, 32M)
  pagemap(a, 8M)
  vmstat()
}
madvise(a+4584K, 8K, MADV_POPULATE_READ)
mprotect(a, 2048K, PROT_READ|PROT_WRITE)
smaps(a, 32M)
pagemap(a, 8M)
vmstat()
smaps(a, 32M)
pagemap(a, 8M)
pagemap(a+16M, 8M)
mthp()
vmstat()
