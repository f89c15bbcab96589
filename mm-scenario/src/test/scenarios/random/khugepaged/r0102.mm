# random KHUGEPAGED scenario, seed 102
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo madvise > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 0 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo 0 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none
echo 256 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_shared
a = mmap(0x100100000000, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
mmap(a, 192K, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED, -1, 0)
smaps(a, 32M)
pagemap(a, 8M)
pagemap(a+16M, 8M)
mthp()
status()
store(a+2956K, 4096K, 4K, 110)
child {
  mremap(a, 64K, 64K, MREMAP_MAYMOVE|MREMAP_FIXED, a+16M+2156K)
  mremap(a+16M+2156K, 64K, 64K, MREMAP_MAYMOVE|MREMAP_FIXED, a+1088K)
  smaps(a, 32M)
  pagemap(a, 8M)
  vmstat()
  parent {
    store(a+6M, 384K, 64K, 76)
    smaps(a, 32M)
    pagemap(a, 8M)
    pagemap(a+16M, 8M)
    mthp()
  }
  munmap(a+6928K, 1264K)
  smaps(a, 32M)
  pagemap(a, 8M)
  mthp()
  munlock(a+8016K, 176K)
  smaps(a, 32M)
  pagemap(a, 8M)
  pagemap(a+16M, 8M)
  vmstat()
}
child {
  mmap(a+5120K, 2048K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED, -1, 0)
  smaps(a, 32M)
  pagemap(a, 8M)
  mthp()
  mprotect(a+3348K, 2048K, PROT_NONE)
  smaps(a, 32M)
  pagemap(a, 8M)
  pagemap(a+16M, 8M)
  vmstat()
  parent {
    store(a+984K, 4096K, 4K, 180)
    smaps(a, 32M)
    pagemap(a, 8M)
    mthp()
  }
}
load(a+5376K, 2164K, 64K)
smaps(a, 32M)
pagemap(a, 8M)
pagemap(a+16M, 8M)
vmstat()
child {
  mremap(a+1948K, 512K, 512K, MREMAP_MAYMOVE|MREMAP_FIXED, a+16M+6804K)
  mremap(a+16M+6804K, 512K, 512K, MREMAP_MAYMOVE|MREMAP_FIXED, a+1948K)
  smaps(a, 32M)
  pagemap(a, 8M)
  pagemap(a+16M, 8M)
  vmstat()
  mremap(a+4580K, 1380K, 1380K, MREMAP_MAYMOVE|MREMAP_FIXED|MREMAP_DONTUNMAP, a+16M+2048K)
  smaps(a, 32M)
  pagemap(a, 8M)
  vmstat()
  madvise(a, 8M, MADV_SEQUENTIAL)
  smaps(a, 32M)
  pagemap(a, 8M)
  vmstat()
  parent {
    store(a, 8K, 4K, 41)
    smaps(a, 32M)
    pagemap(a, 8M)
    pagemap(a+16M, 8M)
    vmstat()
  }
  munmap(a+468K, 8K)
  smaps(a, 32M)
  pagemap(a, 8M)
  mthp()
}
mmap(a, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED, -1, 0)
store(a+3840K, 448K, 4K, 158)
smaps(a, 32M)
pagemap(a, 8M)
vmstat()
status()
vmstat()
