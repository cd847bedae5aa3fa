import time, pytest
@pytest.mark.parametrize("n", range(6))
def test_slow(site, n):
    time.sleep(2)
