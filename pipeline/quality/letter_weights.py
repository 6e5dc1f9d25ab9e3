"""What each pattern of columns of ink says for Latin letters that stand on their heads.

Learned by logistic regression from drawn pages, as docs/quality.md says: 1024 signed bytes, 256
for each kind of pattern in ``pipeline.quality.letters``.
"""

from __future__ import annotations

_STEP = 0.050163
BIAS = -7.1411
_BYTES = bytes.fromhex(
    "00300911d6eaeff312e9d6000adc0fe500f2f603feef0ff124d4d3fb36cd15c40bfedbfbfff002e9e501e603"
    "ddf9faf7eaf5000003eff0ef07f2e0f814f1e5c311fdf5022cff0502fefdfe01f3fef90417fdfdff16fefd02"
    "f6fdf6fdfffbf0fe0b07fd070cfa010202fefb01fbfdf403fb04010c14fdf6fe4dfdeb0762f8d5fafe130501"
    "0c0404fd0affff04f7fd1004fafeff04f0feff00ecf8ff00e4f8f802180c04020e0a0600f8fdfe00fd03fe02"
    "0c07fdfefb06ffff0103fe00f900fefc0708fe02010002fcfffe0000f2ff0500f8000201f6ff0002ebfaff03"
    "f2fbf801320b0209fef8fcfd1000ff03040209083509000803fcff0225f3fc0509ec14fd001903240b0d121f"
    "b7d3f6f601ec1cfe3819f7e203f9f0d312f60a0dfef8ffdef6fffce7fb1ee53a0bede9e3110ae6f1f6ddf40a"
    "0a05fde20bf9f9fa131109ee320f031402feec1efaf200fecef4ebef150a0a021cfcfc0e05fe080906e5f5f8"
    "eff8ff00061fe7fcff1e0a0f0226faf31bf604f12713fbfdf91ef10a0921f5f7fd060e0bebfd1932f3f6faf4"
    "04f41e2528eb09fa09eeedec0b06090409f418130f06f902fb000705f600f4edfcfcfbec0f0f05f0fbf6ebed"
    "ee02fde7f605f60911050607f800101925fd0100fbf6ee0804f20dfe34ff0500faf30a060c02090c02ef0af2"
    "e3f61b084916f5f80f020af2ffde03d1f2eafdff4800ecd82b040f1a00e3f01503180717f909f5e615132c0d"
    "1df3f3eafde8e4def5f60804f7f5faf5efee07f9f418ddfe1b07eee3ff2fe21c00e20316eef9d10712eefdec"
    "f505cf0d2c000e0a0c1019eef6ecf4f0f2fff8e70afa1b050af00d13f7f10508fae21604f3f6f4d80effefdf"
    "1d1aff081b2a0cec03ec00ec160deb2b05faee001b0af01c19ff0b05070220140b0cf9fe1105fcf8fe0cfb06"
    "fef4ed04edf505060af31d1cee04f701ef01fff3070ff2f90102fff7e014f9fddc01ef0afb04f1f6fd05fb0e"
    "f9f6fdfb04062c1101f901fb0ef707f509f8180115f91319f2ee08ffeef60b001e00f3e9ff0419fd2d1109fb"
    "fef70ede060f06eae8f5061210f3eefcdbe2ea0000f9dc0706e012ec07fd15f662fa7fdceaff09efe8fff9f4"
    "03000300040300f706fb05e0e5ed1cd91bfe09f716f508d5d8d9e91be3ed181503fdff05fc05e90b27f6faf1"
    "eaf6c9d6f2ff05fd1b0134f9e1f6f2faf8f7e9f3fb010101fd05feff0efa25fcea00fad10dfd1a02fdfe2eee"
    "c8e3dae1f0e50b00f202fb07f703f6fc00fd0dfcfefb0bf4f2fdf9fd0a030ffffcfc0001f901fcfffffd0000"
    "fa0101041701fbf21ffdebf1f300fffa0cfe07fbf5fff407fb03f402fc000004fc03fd08250b1a003cff34fb"
    "02fef9fd0a060402f4020401fa03fe03fb01ff03000b030c5afd26f049fc41e8fcf6f0f4f7f8cdecd102dc0c"
    "f702db02f503f306f309f21f"
)
WEIGHTS = tuple(_STEP * (value - 256 if value > 127 else value) for value in _BYTES)
