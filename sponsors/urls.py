from django.urls import path

from sponsors import views

app_name = "sponsors"
urlpatterns = [
    path("sponsors", views.index, name="index"),
    path("network/sponsors", views.all_shows, name="network"),
    path("sponsors/<segment:slug>", views.detail, name="detail"),
]
