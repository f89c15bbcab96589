# which arguments PR_SET_THP_DISABLE and PR_GET_THP_DISABLE take
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0)
prctl(PR_GET_THP_DISABLE, 1, 0, 0, 0)
prctl(PR_GET_THP_DISABLE, 0, 1, 0, 0)
prctl(PR_GET_THP_DISABLE, 0, 0, 1, 0)
prctl(PR_GET_THP_DISABLE, 0, 0, 0, 1)
prctl(PR_SET_THP_DISABLE, 1, 1, 0, 0)
prctl(PR_SET_THP_DISABLE, 1, 3, 0, 0)
prctl(PR_SET_THP_DISABLE, 1, 4, 0, 0)
prctl(PR_SET_THP_DISABLE, 0, 2, 0, 0)
prctl(PR_SET_THP_DISABLE, 1, 0, 1, 0)
prctl(PR_SET_THP_DISABLE, 1, 0, 0, 1)
prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0)
prctl(PR_SET_THP_DISABLE, 7, 0, 0, 0)
prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0)
status()
prctl(PR_SET_THP_DISABLE, -1, 2, 0, 0)
prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0)
status()
child {
  prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0)
  prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0)
  prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0)
  status()
}
prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0)
prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0)
status()
