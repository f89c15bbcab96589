# shared anonymous memory: fork, unmapping, protection, mremap, remove
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo advise > /sys/kernel/mm/transparent_hugepage/shmem_enabled
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/shmem_enabled
b = mmap(0x100200000000, 8M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(b, 6M, MADV_HUGEPAGE)
store(b, 8M, 1M, 5)
smaps(b, 8M)
pagemap(b, 8M)
child {
  store(b+4K, 4K, 4K, 6)
  smaps(b, 8M)
  pagemap(b, 8M)
  munmap(b, 1M)
  parent {
    smaps(b, 8M)
    pagemap(b, 8M)
  }
  madvise(b+2M, 2M, MADV_REMOVE)
  smaps(b, 8M)
  pagemap(b, 8M)
}
smaps(b, 8M)
pagemap(b, 8M)
mprotect(b, 4K, PROT_READ)
store(b)
load(b, 16K)
smaps(b, 8M)
pagemap(b, 8M)
mprotect(b, 4K, PROT_READ|PROT_WRITE)
store(b)
mremap(b+4M, 2M, 2M, MREMAP_MAYMOVE|MREMAP_FIXED, 0x300000000000)
mremap(b, 2M, 2M, MREMAP_MAYMOVE|MREMAP_FIXED, 0x300000201000)
load(0x300000000000)
load(0x300000201000, 64K)
smaps(0x300000000000, 6M)
pagemap(0x300000000000, 6M)
mremap(b+6M, 2M, 4M, MREMAP_MAYMOVE|MREMAP_FIXED, 0x300000800000)
store(0x300000800000)
store(0x300000a00000)
smaps(0x300000800000, 4M)
pagemap(0x300000800000, 4M)
mremap(0x300000800000, 0, 2M, MREMAP_MAYMOVE, 0)
madvise(0x300000000000, 2M, MADV_DONTNEED)
madvise(0x300000000000, 2M, MADV_FREE)
load(0x300000000000)
smaps(0x300000000000, 2M)
pagemap(0x300000000000, 2M)
vmstat()
mthp()
status()
