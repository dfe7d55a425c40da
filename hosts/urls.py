from django.urls import path

from hosts import views

app_name = "hosts"
urlpatterns = [
    path("hosts", views.index, name="index"),
    path("hosts/<segment:slug>", views.detail, name="detail"),
    path("guests", views.guests),
    path("guests/<segment:slug>", views.guest),
]
