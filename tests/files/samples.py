"""One tiny hand-made file of every foreign format, with what it must say.

Written by hand after the formats' descriptions; no number is from a published instance.
"""

from __future__ import annotations

BILLIONNET_SOUTIF = b"""r_tiny 1
3
 4 5 6
 7 0
 -2

0
10
 3 4 5

Comments
"""

EDGE_LIST = b"""4 4 float
0 0 1.5
0 1 2.25
2 1 -0.5
0 2 0.00
10 15 10 5
1 2 20"""

CONFLICT_GRAPH = b"""3 1 9

4 5
6
3 4 5
7 0 2
3 1
"""

GDP_MAXSUM = b"""3
1 2 12.5
1 3 7.0
2 3 1.0
1 100.0 2.5 5.0
2 50.0 1.25 0.0
3 10.0 0.5 7.0
60 50 4
"""

MDP = b"""3 2
0 1 1.25000
0 2 2.50000
1 2 0.75000
"""

BQP_BIQMAC = b"""3 4
1 1 -5
1 2 3
2 3 -4
3 3 2
"""

MKP_ORLIB = b"""2
2 1 0
 5 6
 1 2
 2
3 2 11.0
 1 2 3
 4 5 6 7.5 8 9
 10 11
"""

MMKP_KHAN = b"""
 2 2 3
 5 6 7
 1
 7.50 1 2 3
 8.00 0 1 2
 2
 1.25 3 2 1
 2.00 0 0 0
 Solutions by nobody
 0 1 9.50
"""

MMKP_INST = b"""2 3
5 6 7
2
7 1 2 3
8 0 1 2
1
1 3 2 1
"""

MMKP_HIREMATH_HILL = b"""1\t2\t1\t2\t
\t5\t6\r
1\t\t\t
7\t1\t2
2
8\t0\t1
2 1 2 3
1 2 3
1
9 1 2 3
9 3 2 1
"""

QPLIB_PB = b"""* #variable= 3 #constraint= 5 #equal= 1
min: -7 x2 x10 +3 x2 -4 x10 +5 x1 x1;
+1 x1 +1 x2 +1 x10 = 2;
-1 x1 -1 x2 >= -1;
-2 x1 -3 x10 >= -4;
+1 x1 +1 x10 >= 1;
+2 x1 -1 x2 >= 0;
"""

SAMPLES = {
    "billionnet_soutif": BILLIONNET_SOUTIF,
    "bqp_biqmac": BQP_BIQMAC,
    "conflict_graph": CONFLICT_GRAPH,
    "edge_list": EDGE_LIST,
    "gdp_maxsum": GDP_MAXSUM,
    "mdp": MDP,
    "mkp_orlib": MKP_ORLIB,
    "mmkp_hiremath_hill": MMKP_HIREMATH_HILL,
    "mmkp_inst": MMKP_INST,
    "mmkp_khan": MMKP_KHAN,
    "qplib_pb": QPLIB_PB,
}
