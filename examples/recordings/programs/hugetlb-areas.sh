#!/bin/sh
# Every door to HugeTLB pages. Needs 21 free ones of 2 MB, and hugetlbfs at /dev/hugepages.
exec ./hugetlb-areas /dev/hugepages/areas
