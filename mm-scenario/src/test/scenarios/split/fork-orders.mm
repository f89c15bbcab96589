# a huge page of which parent and child unmap different parts, and who goes first
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x100100000000, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 8M, MADV_HUGEPAGE)
store(a, 8M, 4K, 5)
child {
  munmap(a, 4K)
  mthp(2048kB/split_deferred, 2048kB/nr_anon_partially_mapped)
  parent {
    munmap(a+4K, 4K)
    mthp(2048kB/split_deferred, 2048kB/nr_anon_partially_mapped)
  }
  munmap(a+2M, 1M)
  parent {
    munmap(a+3M, 1M)
    vmstat()
    mthp()
    echo 2 > /proc/sys/vm/drop_caches
    smaps(a, 8M)
    pagemap(a, 8M)
    vmstat()
    mthp()
  }
  smaps(a, 8M)
  pagemap(a, 8M)
  munmap(a+4M, 2M)
  parent {
    munmap(a+4M, 64K)
    vmstat()
    mthp()
  }
  child {
    munmap(a+6M, 4K)
    vmstat()
    mthp()
  }
  vmstat()
  mthp()
}
vmstat()
mthp()
echo 2 > /proc/sys/vm/drop_caches
smaps(a, 8M)
pagemap(a, 8M)
vmstat()
mthp()
