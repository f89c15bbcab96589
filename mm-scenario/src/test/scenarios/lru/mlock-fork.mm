# Locks are not inherited; a copy made in a locked area is locked, and the page it leaves is unlocked when the batch is emptied
a = mmap(0x200000000000, 64K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED, -1, 0)
mlock(a, 64K)
vmstat(unevictable_pgs_mlocked, unevictable_pgs_munlocked, unevictable_pgs_culled, unevictable_pgs_rescued)
child {
  load(a, 64K)
  vmstat(unevictable_pgs_mlocked, unevictable_pgs_munlocked, unevictable_pgs_culled, unevictable_pgs_rescued)
  parent {
    store(a, 20K)
    vmstat(unevictable_pgs_mlocked, unevictable_pgs_munlocked, unevictable_pgs_culled, unevictable_pgs_rescued)
  }
  store(a+20K, 20K)
  vmstat(unevictable_pgs_mlocked, unevictable_pgs_munlocked, unevictable_pgs_culled, unevictable_pgs_rescued)
}
vmstat(unevictable_pgs_mlocked, unevictable_pgs_munlocked, unevictable_pgs_culled, unevictable_pgs_rescued)
store(a+40K, 20K)
vmstat(unevictable_pgs_mlocked, unevictable_pgs_munlocked, unevictable_pgs_culled, unevictable_pgs_rescued)
munlock(a, 64K)
vmstat(unevictable_pgs_mlocked, unevictable_pgs_munlocked, unevictable_pgs_culled, unevictable_pgs_rescued, unevictable_pgs_cleared, unevictable_pgs_stranded)
