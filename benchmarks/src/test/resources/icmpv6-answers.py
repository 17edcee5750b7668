"""Asks a station over IPv6 and IPv4 what a kernel can't be made to ask, and prints what comes back, a line each.

Usage: icmpv6-answers.py IPV6 IPV4; in a namespace with raw sockets.
"""

import socket
import sys
import time

SIX, FOUR = sys.argv[1], sys.argv[2]


def answer(sock, wanted):
    """Type and code of the first message of a wanted type, with the four bytes behind, or what is missing."""
    end = time.monotonic() + 5
    while time.monotonic() < end:
        sock.settimeout(max(0.01, end - time.monotonic()))
        try:
            message, sender = sock.recvfrom(2048)
        except socket.timeout:
            break
        if sender[0] == SIX and message[0] in wanted:
            return f"type {message[0]} code {message[1]} word {int.from_bytes(message[4:8], 'big')}"
    return "nothing"


def raw6():
    return socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)


def echo(options, name, level_option):
    with raw6() as sock:
        sock.setsockopt(socket.IPPROTO_IPV6, level_option, bytes(options))
        sock.sendto(bytes([128, 0, 0, 0, 0, 7, 0, 1]) + b"hello", (SIX, 0))
        print(name, answer(sock, (129, 4)))


echo([0, 0, 0x1E, 4, 1, 2, 3, 4], "skipped option:", socket.IPV6_DSTOPTS)
echo([0, 0, 1, 4, 0, 0, 0, 0], "padding:", socket.IPV6_HOPOPTS)
echo([0, 0, 0x9E, 4, 1, 2, 3, 4], "reported option:", socket.IPV6_DSTOPTS)

with raw6() as listener, socket.socket(socket.AF_INET6, socket.SOCK_RAW, 200) as sock:
    sock.sendto(b"whatever", (SIX, 0))
    print("protocol 200:", answer(listener, (1, 4)))

for family, address in ((socket.AF_INET6, SIX), (socket.AF_INET, FOUR)):
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.settimeout(5)
        sock.connect((address, 9999))
        sock.send(b"anybody?")
        try:
            sock.recv(100)
            print("UDP: an answer")
        except ConnectionRefusedError:
            print("UDP: refused")
        except socket.timeout:
            print("UDP: nothing")

with socket.socket(socket.AF_INET, socket.SOCK_RAW, 200) as sock:
    sock.settimeout(5)
    sock.setsockopt(socket.IPPROTO_IP, 11, 1)  # IP_RECVERR
    sock.connect((FOUR, 0))
    sock.send(b"whatever")
    try:
        sock.recv(100)
        print("IPv4 protocol 200: an answer")
    except OSError as error:
        print("IPv4 protocol 200:", error.strerror)
