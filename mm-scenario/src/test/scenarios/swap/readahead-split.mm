# What an area remembers of its readahead goes with its parts; read ahead stops at the borders of area and table
echo 4 > /proc/sys/vm/page-cluster
swapon(64M)
a = mmap(0x2000001c0000, 512K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED, -1, 0)
store(a, 512K)
child {
  madvise(a, 512K, MADV_PAGEOUT)
  parent {
    madvise(a, 512K, MADV_PAGEOUT)
  }
  load(a+4K, 4K)
  load(a+8K, 4K)
  load(a+12K, 4K)
  vmstat(swap_ra, swap_ra_hit, pswpin)
  mprotect(a+128K, 384K, PROT_READ)
  load(a+120K, 4K)
  vmstat(swap_ra, swap_ra_hit, pswpin)
  load(a+128K, 4K)
  vmstat(swap_ra, swap_ra_hit, pswpin)
  load(a+132K, 32K)
  vmstat(swap_ra, swap_ra_hit, pswpin)
  load(a+248K, 32K)
  vmstat(swap_ra, swap_ra_hit, pswpin)
  munmap(a+320K, 64K)
  load(a+388K, 20K)
  vmstat(swap_ra, swap_ra_hit, pswpin)
}
load(a, 512K)
vmstat(swap_ra, swap_ra_hit, pswpin)
smaps(a, 512K)
