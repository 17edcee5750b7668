"""A switch of two ports: what comes in by the access port leaves by the trunk with a VLAN tag, and the other way round.

For kernels without 802.1Q devices of their own. Usage: vlan-switch.py ACCESS TRUNK VLAN
"""

import select
import socket
import struct
import sys

SOL_PACKET, PACKET_AUXDATA, PACKET_OUTGOING, VLAN_VALID = 263, 8, 4, 1 << 4


def port(name):
    end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    end.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
    end.bind((name, 0))
    return end


def receive(end):
    """A frame and its tag control information, which the kernel takes out; None for one without a tag."""
    frame, notes, _, sender = end.recvmsg(65536, 256)
    tci = None
    for level, kind, data in notes:
        if level == SOL_PACKET and kind == PACKET_AUXDATA:
            status, _, _, _, _, found, _ = struct.unpack("IIIHHHH", data[:20])
            tci = found if status & VLAN_VALID else None
    if tci is None and frame[12:14] == b"\x81\x00":
        tci = struct.unpack(">H", frame[14:16])[0]
        frame = frame[:12] + frame[16:]
    return None if sender[2] == PACKET_OUTGOING else frame, tci


access, trunk, vlan = port(sys.argv[1]), port(sys.argv[2]), int(sys.argv[3])
print("ready", flush=True)
while True:
    for ready in select.select([access, trunk], [], [])[0]:
        frame, tci = receive(ready)
        if frame is None:
            continue
        if ready is access:
            trunk.send(frame[:12] + struct.pack(">HH", 0x8100, vlan) + frame[12:])
        elif tci is not None and tci & 0xFFF == vlan:
            access.send(frame)
